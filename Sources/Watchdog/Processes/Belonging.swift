import LinuxCalls

/// What a process that is started counts as, by its environment.
enum Belonging {
  /// A program of a heart, or the solver that starts one, which has the secret of the heart too, where there is one.
  case program(of: Name, Stamp, key: String?)
  /// What mends a heart. It is not the program, but is ended when its solver was killed.
  case solution(of: Name, Stamp)
  /// Neither, be it asked about a heart.
  case nothing(about: Name?)

  /// Puts into the environment of this process where everything is, what it counts as, and nothing else that it counted as
  /// before.
  func export(_ roots: Roots) {
    roots.export()
    for variable in Stamp.variables { ThisProcess.unsetEnvironment(variable) }
    let heart: Name?
    switch self {
    case .program(let name, let stamp, let key):
      ThisProcess.setEnvironment(Stamp.variable, stamp.text)
      if let key { ThisProcess.setEnvironment(Stamp.keyVariable, key) }
      heart = name
    case .solution(let name, let stamp):
      ThisProcess.setEnvironment(Stamp.solverVariable, stamp.text)
      heart = name
    case .nothing(let name): heart = name
    }
    if let heart { ThisProcess.setEnvironment(Stamp.heartVariable, heart.text) }
  }
}
