enum Solver { static let variable = "WATCHDOG_SOLVER" }
