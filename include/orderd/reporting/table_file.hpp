#pragma once
#include "orderd/core/encoding.hpp"
#include "orderd/store/exports.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

// Tables for people and programs: CSV, JSON lines and Excel workbooks.
namespace orderd::reporting {

enum class table_format { csv, json_lines, xlsx };
std::optional<table_format> table_format_from(std::string_view name); // "csv", "jsonl", "xlsx"
std::string_view extension(table_format);                             // the same, as the ending of a file's name
std::optional<encoding> export_encoding_from(std::string_view name);  // "utf-8-bom", "utf-8", "cp932"

/// Takes a table row by row.
class table_writer {
public:
    virtual ~table_writer() = default;
    virtual void head(const std::vector<store::export_column>&) = 0;
    virtual void row(const store::export_row&) = 0;
    /// Nothing more comes. Throws std::runtime_error when it could not be written.
    virtual void finish() = 0;
};

/// CSV with CRLF; texts that a spreadsheet would take for formulas are made harmless, whoever wrote them: who reads an
/// export is somebody else. JSON lines: numbers, truths and null as such.
std::unique_ptr<table_writer> text_table(table_format, encoding, std::function<void(std::string_view)> write);
/// Writes one export to `path`, whole or not at all, readable by group. In an Excel workbook texts stay texts with
/// their leading zeros, amounts are numbers, days are days; after a million rows comes a further sheet. Throws
/// std::runtime_error with the reason.
void write_export(store::session&, const store::export_choice&, table_format, encoding, const std::string& path);

}
