#include "orderd/reporting/table_file.hpp"
#include "orderd/core/csv_line.hpp"
#include "orderd/core/shown.hpp"
#include "orderd/reporting/atomic_file.hpp"

#include <boost/json.hpp>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <xlsxwriter.h>

namespace orderd::reporting {
namespace {

namespace json = boost::json;
using kind = store::export_column::kind;

class csv_table final : public table_writer {
public:
    csv_table(encoding coded, std::function<void(std::string_view)> write) : coded_(coded), write_(std::move(write)) {}
    void head(const std::vector<store::export_column>& columns) override
    {
        columns_ = columns;
        write_(byte_order_mark(coded_));
        for (const auto& c : columns) cells_.push_back(c.name);
        line();
    }
    void row(const store::export_row& values) override
    {
        for (std::size_t i = 0; i < values.size(); ++i) {
            auto value = values[i].value_or("");
            if (columns_[i].is == kind::truth) value = value == "t" ? "1" : value == "f" ? "0" : "";
            cells_.push_back(columns_[i].is == kind::text ? harmless_cell(shown(value)) : std::move(value));
        }
        line();
    }
    void finish() override {}

private:
    void line()
    {
        auto text = csv_line(cells_, ',');
        write_(coded_ == encoding::cp932 ? from_utf8(text, coded_) : text);
        cells_.clear();
    }
    encoding coded_;
    std::function<void(std::string_view)> write_;
    std::vector<store::export_column> columns_;
    std::vector<std::string> cells_;
};

class json_table final : public table_writer {
public:
    explicit json_table(std::function<void(std::string_view)> write) : write_(std::move(write)) {}
    void head(const std::vector<store::export_column>& columns) override { columns_ = columns; }
    void row(const store::export_row& values) override
    {
        json::object o;
        for (std::size_t i = 0; i < values.size(); ++i) o[columns_[i].name] = value(columns_[i].is, values[i]);
        write_(shown_json(json::serialize(o)) + "\n");
    }
    void finish() override {}

private:
    static json::value value(kind is, const std::optional<std::string>& text)
    {
        if (!text) return nullptr;
        if (is == kind::truth) return *text == "t";
        std::int64_t whole = 0;
        auto end = text->data() + text->size();
        if (is == kind::number && std::from_chars(text->data(), end, whole).ptr == end) return whole;
        double fraction = 0;
        if (is == kind::number && std::from_chars(text->data(), end, fraction).ptr == end) return fraction;
        return json::string(*text);
    }
    std::function<void(std::string_view)> write_;
    std::vector<store::export_column> columns_;
};

class xlsx_table final : public table_writer {
public:
    /// `path`: where it is made; `name`: what it will be called.
    xlsx_table(const std::string& path, std::string name, std::string sheet)
        : name_(std::move(name)), sheet_name_(std::move(sheet))
    {
        directory_ = std::filesystem::path(path).parent_path().string();
        if (directory_.empty()) directory_ = ".";
        lxw_workbook_options options{};
        options.constant_memory = LXW_TRUE;
        options.tmpdir = directory_.data();
        book_ = workbook_new_opt(path.c_str(), &options);
        if (!book_) throw file_not_written(name_ + " cannot be made: there is not enough memory");
        bold_ = workbook_add_format(book_);
        format_set_bold(bold_);
        day_ = workbook_add_format(book_);
        format_set_num_format(day_, "yyyy-mm-dd");
        amount_ = workbook_add_format(book_);
        format_set_num_format(amount_, "#,##0");
    }
    ~xlsx_table() override
    {
        if (book_) lxw_workbook_free(book_);
    }
    void head(const std::vector<store::export_column>& columns) override
    {
        columns_ = columns;
        begin_sheet();
    }
    void row(const store::export_row& values) override
    {
        if (row_ == LXW_ROW_MAX) begin_sheet();
        for (std::size_t i = 0; i < values.size(); ++i)
            if (values[i] && !values[i]->empty()) cell(static_cast<lxw_col_t>(i), columns_[i].is, *values[i]);
        ++row_;
        if (std::ferror(sheet_->optimize_tmpfile)) end_sheet();
    }
    void finish() override
    {
        end_sheet();
        errno = 0;
        auto error = workbook_close(book_);
        book_ = nullptr;
        if (error != LXW_NO_ERROR) fail(errno != 0 ? std::strerror(errno) : lxw_strerror(error));
    }

private:
    [[noreturn]] void fail(const std::string& why) { throw file_not_written(name_ + " cannot be written: " + why); }

    /// The library keeps rows in a file of its own, and does not look whether it takes them.
    void end_sheet()
    {
        if (!sheet_) return;
        errno = 0;
        bool whole = std::fflush(sheet_->optimize_tmpfile) == 0 && !std::ferror(sheet_->optimize_tmpfile);
        if (!whole) fail(std::strerror(errno != 0 ? errno : ENOSPC));
    }

    void begin_sheet()
    {
        end_sheet();
        auto name = sheet_name_ + (++sheets_ == 1 ? "" : " " + std::to_string(sheets_));
        sheet_ = workbook_add_worksheet(book_, name.c_str());
        if (!sheet_ || !sheet_->optimize_tmpfile) fail("its next sheet cannot be made");
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            auto at = static_cast<lxw_col_t>(i);
            worksheet_set_column(sheet_, at, at, std::max<double>(10, static_cast<double>(columns_[i].name.size()) + 2),
                                 nullptr);
            worksheet_write_string(sheet_, 0, at, columns_[i].name.c_str(), bold_);
        }
        worksheet_freeze_panes(sheet_, 1, 0);
        row_ = 1;
    }
    void cell(lxw_col_t at, kind is, const std::string& text)
    {
        double number = 0;
        auto end = text.data() + text.size();
        if (is == kind::number && std::from_chars(text.data(), end, number).ptr == end)
            worksheet_write_number(sheet_, row_, at, number, amount_);
        else if (is == kind::truth)
            worksheet_write_boolean(sheet_, row_, at, text == "t", nullptr);
        else if (int y = 0, m = 0, d = 0;
                 is == kind::day && std::sscanf(text.c_str(), "%4d-%2d-%2d", &y, &m, &d) == 3) {
            lxw_datetime when{y, m, d, 0, 0, 0};
            worksheet_write_datetime(sheet_, row_, at, &when, day_);
        } else
            write_text(at, shown(text));
    }
    /// Excel's cells hold 32,767 characters.
    void write_text(lxw_col_t at, std::string text)
    {
        constexpr std::size_t most = 32'000;
        if (text.size() > most) {
            auto cut = most;
            while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) --cut;
            text.resize(cut);
        }
        worksheet_write_string(sheet_, row_, at, text.c_str(), nullptr);
    }

    std::string name_, sheet_name_, directory_;
    std::vector<store::export_column> columns_;
    lxw_workbook* book_ = nullptr;
    lxw_worksheet* sheet_ = nullptr;
    lxw_format *bold_ = nullptr, *day_ = nullptr, *amount_ = nullptr;
    lxw_row_t row_ = 0;
    int sheets_ = 0;
};

}

std::optional<table_format> table_format_from(std::string_view name)
{
    if (name == "csv") return table_format::csv;
    if (name == "jsonl") return table_format::json_lines;
    if (name == "xlsx") return table_format::xlsx;
    return std::nullopt;
}

std::string_view extension(table_format f)
{
    return f == table_format::csv ? "csv" : f == table_format::xlsx ? "xlsx" : "jsonl";
}

std::optional<encoding> export_encoding_from(std::string_view name)
{
    if (name == "utf-8-bom") return encoding::utf8_bom;
    if (name == "utf-8") return encoding::utf8;
    if (name == "cp932") return encoding::cp932;
    return std::nullopt;
}

std::unique_ptr<table_writer> text_table(table_format format, encoding coded,
                                         std::function<void(std::string_view)> write)
{
    if (format == table_format::json_lines) return std::make_unique<json_table>(std::move(write));
    return std::make_unique<csv_table>(coded, std::move(write));
}

void write_export(store::session& s, const store::export_choice& choice, table_format format, encoding coded,
                  const std::string& path)
{
    atomic_file file(path);
    // A workbook is not written front to back; its library writes it to a path.
    auto table = format == table_format::xlsx
                     ? std::make_unique<xlsx_table>(file.temporary().string(), path, choice.what)
                     : text_table(format, coded, [&](std::string_view text) { file.write(text); });
    store::export_rows(
        s, choice, [&](const auto& columns) { table->head(columns); }, [&](const auto& row) { table->row(row); });
    table->finish();
    file.commit();
}

}
