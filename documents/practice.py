"""What everything says that leaves a practice installation as a file or a feed."""

MARK = "УЧЕБНЫЕ ДАННЫЕ"
TOLD = f"{MARK}: люди, заявки и ответы вымышлены"
FILE_PREFIX = "УЧЕБНО_"
PLAIN_PREFIX = "praktika-"  # for programs that know only ASCII
