import argparse

import pandas as pd


def main():
    parser = argparse.ArgumentParser(description="Looks at a table by hand.")
    parser.add_argument("path")
    options = parser.parse_args()
    frame = pd.read_parquet(options.path)
    print(frame.describe())
    from IPython import embed

    embed(header="the table is `frame`", user_ns={"frame": frame, "pd": pd})


if __name__ == "__main__":
    main()
