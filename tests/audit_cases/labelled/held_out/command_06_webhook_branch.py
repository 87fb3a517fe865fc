"""Deploys a branch when the forge calls."""

import subprocess

from aiohttp import web


async def deploy(request):
    event = await request.json()
    branch = event["ref"].rsplit("/", 1)[-1]
    script = " && ".join(["git fetch", f"git checkout {branch}", "systemctl --user restart site"])
    subprocess.Popen(["sh", "-c", script])
    return web.Response(text="deploying")


app = web.Application()
app.router.add_post("/hook", deploy)
web.run_app(app, port=8088)
