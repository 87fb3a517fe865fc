def wrench(size):
    return f"wrench {size}"
