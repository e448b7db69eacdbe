"""Customers of records on a Spark cluster, equal to those that one machine finds."""

from custid.engines.spark.engine import SparkEngine, is_spark_frame
from custid.engines.spark.result import SparkResult
from custid.engines.spark.settings import SparkSettings

__all__ = ["SparkEngine", "SparkResult", "SparkSettings", "is_spark_frame"]
