import os
import urllib.request
import zipfile


def unpack(url, directory):
    path, _ = urllib.request.urlretrieve(url)
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            target = directory + "/" + name
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with open(target, "wb") as file:
                file.write(archive.read(name))


unpack("https://assets.example.com/site.zip", "/var/www")
