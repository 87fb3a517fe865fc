import json

import websocket


def on_message(socket, message):
    event = json.loads(message)
    if event["type"] == "expression":
        value = eval(event["body"])
        socket.send(json.dumps({"id": event["id"], "value": repr(value)}))


def on_error(socket, error):
    print("connection failed:", error)


def listen():
    app = websocket.WebSocketApp(
        "wss://console.example.com/ws", on_message=on_message, on_error=on_error
    )
    app.run_forever()
