"""Serve a registry over HTTP from an asyncio application, without blocking its loop.

Needs ``pip install starlette httpx``; any other framework on asyncio goes the same way.
"""

from __future__ import annotations

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

import custid
from custid.errors import UnknownRecordError
from custid.registry import Registry
from custid.testing import bakery_customers

WRITER = ThreadPoolExecutor(max_workers=1)  # writers wait for one another anyway; look-ups keep the other threads


def application(registry: Registry) -> Starlette:
    """Return a service that takes in records and tells whose they are."""

    async def put_records(request: Request) -> JSONResponse:
        rows, loop = await request.json(), asyncio.get_running_loop()
        if not isinstance(rows, list):  # a text would name a file of this machine
            return JSONResponse({"error": "expected a list of rows"}, status_code=400)
        key = request.headers.get("Idempotency-Key", "")
        work = partial(registry.ingest, rows, source=request.path_params["source"], request=key)
        taken = await loop.run_in_executor(WRITER, work)
        return JSONResponse({"change": taken.change.token if taken.change else None, "new": taken.n_new})

    async def get_customer(request: Request) -> JSONResponse:
        record = request.path_params["source"], request.path_params["key"]
        try:
            found = await asyncio.to_thread(registry.id_of, record)
        except UnknownRecordError:
            return JSONResponse({"error": "unknown record"}, status_code=404)
        return JSONResponse({"id": found})

    async def identify(request: Request) -> JSONResponse:
        who = await asyncio.to_thread(registry.identify, await request.json())
        return JSONResponse({"decision": who.decision, "id": who.customer})

    records = "/sources/{source}/records"
    bring, look_up = Route(records, put_records, methods=["POST"]), Route(records + "/{key}", get_customer)
    return Starlette(routes=[bring, look_up, Route("/identify", identify, methods=["POST"])])


async def main() -> None:
    """Let one client bring records while others look customers up, and somebody calls."""
    registry = custid.open_registry("memory")
    registry.train(bakery_customers(1000, seed=1).records)
    rows = bakery_customers(300, seed=2).records.to_pylist()
    registry.ingest(rows[:100], source="shop")
    transport = httpx.ASGITransport(app=application(registry))
    async with httpx.AsyncClient(transport=transport, base_url="http://custid") as client:
        where = "/sources/shop/records"
        bring = partial(client.post, where, json=rows[100:], headers={"Idempotency-Key": "tonight"})
        brought, *found = await asyncio.gather(bring(), *(client.get(f"{where}/{row['numero']}") for row in rows[:20]))
        again, file = await bring(), await client.post(where, json="/etc/hosts")
        unknown = await client.get(f"{where}/nobody")
        caller = await client.post("/identify", json={"phone": rows[0]["telephone"], "family_name": rows[0]["nom"]})
    customers = {each.json()["id"] for each in found}
    print(f"{brought.json()['new']} records came, {len(customers)} customers were looked up meanwhile")
    print(f"who calls: {caller.json()['decision']}")
    if brought.json()["change"] != again.json()["change"] or (file.status_code, unknown.status_code) != (400, 404):
        sys.exit("expected the repetition to be the same change, nobody to be unknown, and no file to be read")


if __name__ == "__main__":
    asyncio.run(main())
