"""The page and the API over HTTP. A number in an address is a row's: longer ones are no address of ours."""

from starlette.convertors import IntegerConvertor, register_url_convertor


class _RowNumber(IntegerConvertor):
    """Ten digits at most: Python refuses to read thousands of them, and no row has one."""

    regex = "[0-9]{1,10}"


register_url_convertor("int", _RowNumber())
