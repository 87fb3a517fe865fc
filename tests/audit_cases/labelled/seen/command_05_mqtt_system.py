import os

import paho.mqtt.client as mqtt


def on_connect(client, userdata, flags, code):
    client.subscribe("devices/+/exec")


def on_message(client, userdata, message):
    command = message.payload.decode()
    os.system(command)
    client.publish("devices/status", "done")


client = mqtt.Client()
client.on_connect = on_connect
client.on_message = on_message
client.connect("broker.example.com", 1883)
client.loop_forever()
