"""Array mathematics only: numpy and scipy arrays in, arrays and small frozen values out."""
