// usage: watchdog-chain WORD …, where WORD is one of Subcommand.all

import LinuxCalls
import Overview

Subcommand.run(ThisProcess.words)
