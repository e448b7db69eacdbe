"""What is known of customers: the attributes, each declared once."""

from custid.model.attributes import (
    ATTRIBUTES,
    Attribute,
    Evidence,
    InformationGroup,
    Privacy,
    attribute,
)

__all__ = ["ATTRIBUTES", "Attribute", "Evidence", "InformationGroup", "Privacy", "attribute"]
