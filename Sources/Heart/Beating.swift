extension Heart {
  /// Does `work`, and beats now and then meanwhile, on the actor that this is called from: while that is
  /// blocked, by a computation, a call that waits or a deadlock, the heart stands still.
  ///
  ///     @MainActor func serve() async throws {
  ///       try await heart.beating(every: .seconds(5)) { try await server.run() }
  ///     }
  ///
  /// On an actor with an executor of its own, such as an event loop, it is that event loop that beats. From
  /// code that belongs to no actor this cannot be called: beats would come from any thread of the pool, and
  /// prove nothing.
  ///
  /// It vouches for the actor, and not for the work: what waits for an answer that never comes leaves its
  /// actor free. Where work is done in rounds use `round` or `Heart.Round`.
  ///
  /// - Parameters:
  ///   - pause: between two beats; a third of the limit or less lets a beat come late without harm.
  ///   - isolation: the actor, which is the caller's.
  ///   - work: what is done. Beats end with it.
  public func beating<Value, Failure: Error>(
    every pause: Duration, isolation: isolated any Actor = #isolation,
    _ work: () async throws(Failure) -> Value
  ) async throws(Failure) -> Value {
    let beats = Task {
      // Named here so that the task belongs to the actor.
      _ = isolation
      while !Task.isCancelled {
        beat()
        try? await Task.sleep(for: pause)
      }
    }
    defer { beats.cancel() }
    return try await work()
  }
}
