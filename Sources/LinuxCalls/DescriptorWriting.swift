import CLinuxCalls

// How bytes come into an open file, and from there to the disk.

extension Descriptor {
  /// Writes all of `bytes`. The corresponding C function is `write`.
  public borrowing func write(_ bytes: [UInt8]) throws(SystemError) {
    try FileOutput.write(bytes, to: number)
  }

  /// Writes all of `bytes` at a place of the file. The corresponding C function is `pwrite`.
  public borrowing func write(_ bytes: [UInt8], at offset: Int64) throws(SystemError) {
    var place = off_t(offset)
    try FileOutput.writeAll(bytes) { start, count in
      let wrote = pwrite(number, start, count, place)
      place += off_t(max(wrote, 0))
      return wrote
    }
  }

  /// Cuts the file off, with what it was given beyond its end. The corresponding C function is `ftruncate`.
  public borrowing func truncate(to size: Int64) throws(SystemError) {
    _ = try check { ftruncate(number, off_t(size)) }
  }

  /// Waits until everything that was written is on the disk. The corresponding C function is `fsync`.
  public borrowing func synchronize() throws(SystemError) { _ = try check { fsync(number) } }

  /// Lets the disk begin to write what was written, and waits for nothing. The corresponding C function is
  /// `sync_file_range`.
  public borrowing func startWriting() throws(SystemError) {
    _ = try unless(.noSuchCall, check { clinux_start_writing(number) })
  }

  /// Waits until the disk has what it began with; a power failure may take that away still. The corresponding C function
  /// is `sync_file_range`.
  public borrowing func waitForWriting() throws(SystemError) {
    _ = try unless(.noSuchCall, check { clinux_wait_for_writing(number) })
  }

  /// Waits until its contents are on the disk, with what is needed to find them again, but not its times. The
  /// corresponding C function is `fdatasync`.
  public borrowing func synchronizeData() throws(SystemError) {
    _ = try check { fdatasync(number) }
  }
}
