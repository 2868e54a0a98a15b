"""Commands: what people write into comments to steer a launch, read and judged without effect.

`lines` finds them, `grammar` reads them, `table` says which there are, `rights` who may use them.
It must not carry anything out, and knows nothing of how comments are fetched or answered.
"""
