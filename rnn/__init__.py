from rnn.core.config import PRESETS, Config
from rnn.core.series import Series
from rnn.core.fit import fit, train
