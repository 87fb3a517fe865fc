import asyncio

from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Job(BaseModel):
    repository: str
    branch: str = "main"


@app.post("/build")
async def build(job: Job):
    command = f"git clone --branch {job.branch} {job.repository} work && make -C work"
    process = await asyncio.create_subprocess_shell(command)
    return {"status": await process.wait()}
