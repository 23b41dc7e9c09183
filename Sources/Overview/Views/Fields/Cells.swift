import LinuxCalls

/// How a cell of a table on a page looks.
enum CellLook {
  /// It names the row.
  case name
  case plain
  /// A number, on the right. Its head stands beside it where a phone shows each row as a block.
  case number
  /// Sentences.
  case words
}

extension Array {
  /// A table of their cells, in HTML.
  ///
  /// - Parameter label: what it is, for those that hear the page.
  func table<Subject>(_ label: String, _ subjects: [Subject]) -> String
  where Element == Field<Subject> {
    let cells = compactMap { $0.cell }
    let heads = cells.map {
      "<th scope=\"col\"\($0.look == .number ? " class=\"n\"" : "")>\($0.head)</th>"
    }
    let rows = subjects.map { subject in
      let row = cells.map { $0.look.cell($0.head, $0.html(subject)) }
      return "<tr>\(row.joined(separator: "\n"))</tr>\n"
    }
    return """
      <div class="table" tabindex="0" role="region" aria-label="\(label)"><table>
      <thead><tr>\(heads.joined(separator: "\n"))</tr></thead>
      <tbody>
      \(rows.joined())</tbody></table></div>

      """
  }
}

extension CellLook {
  fileprivate func cell(_ head: StaticString, _ html: String) -> String {
    switch self {
    case .name: "<th scope=\"row\">\(html)</th>"
    case .plain: "<td>\(html)</td>"
    case .number: "<td class=\"n\" data-label=\"\(head)\">\(html)</td>"
    case .words: "<td class=\"why\">\(html)</td>"
    }
  }
}
