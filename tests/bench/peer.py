"""The usual client with requests:  peer.py URL IMAGE FOLDER"""
import base64
import sys

import requests

url, image, folder = sys.argv[1:]
with open(image, "rb") as f:
    encoded = base64.b64encode(f.read()).decode()
answer = requests.post(url, json={"prompt": "a cat", "init_images": [encoded]})
answer.raise_for_status()
for n, picture in enumerate(answer.json()["images"], 1):
    with open(f"{folder}/python-{n}.png", "wb") as f:
        f.write(base64.b64decode(picture))
