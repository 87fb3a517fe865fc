import numexpr
import pandas as pd


def filtered(path, minimum):
    frame = pd.read_csv(path)
    wanted = frame.query("amount >= @minimum and not cancelled")
    wanted = wanted.eval("total = amount * price")
    a = wanted["total"].to_numpy()
    share = numexpr.evaluate("a / sum(a)")
    return wanted.assign(share=share)
