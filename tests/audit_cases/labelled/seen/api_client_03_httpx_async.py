import asyncio
from dataclasses import dataclass

import httpx


@dataclass
class Release:
    name: str
    size: int

    @classmethod
    def parse(cls, raw):
        return cls(name=str(raw["name"]), size=int(raw["size"]))


async def releases(client, project):
    answer = await client.get(f"/projects/{project}/releases")
    answer.raise_for_status()
    return [Release.parse(raw) for raw in answer.json()]


async def largest(projects):
    async with httpx.AsyncClient(base_url="https://registry.example.com") as client:
        lists = await asyncio.gather(*(releases(client, name) for name in projects))
    return max((release for found in lists for release in found), key=lambda release: release.size)
