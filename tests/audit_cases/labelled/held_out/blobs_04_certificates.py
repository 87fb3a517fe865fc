import ssl
import urllib.request

ROOT = """-----BEGIN CERTIFICATE-----
MIIBtjCCAVugAwIBAgITBmyf1XSXNmY/Owua2eiedgPySjAKBggqhkjOPQQDAjA5
MQswCQYDVQQGEwJVUzEPMA0GA1UEChMGRXhhbXBsZTEZMBcGA1UEAxMQRXhhbXBs
ZSBSb290IENBIDMwHhcNMTUwNTI2MDAwMDAwWhcNNDAwNTI2MDAwMDAwWjA5MQsw
-----END CERTIFICATE-----
"""


def context():
    made = ssl.create_default_context()
    made.load_verify_locations(cadata=ROOT)
    return made


def health(host):
    with urllib.request.urlopen(f"https://{host}/health", context=context()) as answer:
        return answer.status == 200
