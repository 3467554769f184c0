#include "orderd/intake/file_intake.hpp"
#include "csv_file.hpp"
#include "file_name.hpp"
#include "misfit_run.hpp"
#include "orderd/async/hand_over.hpp"
#include "orderd/core/csv_line.hpp"
#include "orderd/core/text.hpp"
#include "orderd/store/products.hpp"

#include <algorithm>
#include <filesystem>
#include <thread>

namespace orderd::intake {
namespace {

/// Rows that go to the store together: many enough that a statement pays, few enough for a small memory.
constexpr std::size_t rows_at_once = 2400;
constexpr std::size_t bytes_at_once = 3 << 19;

struct judged_rows {
    std::vector<store::intake_record> rows;
    intake_progress progress;
};

/// Whether a cell is text that a database can keep: it holds nothing that its file's encoding does not have.
bool readable(std::string_view cell) { return valid_utf8(cell) && cell.find('\0') == cell.npos; }

bool all_readable(const text_list& cells)
{
    if (!readable(cells.joined())) return false;
    for (std::size_t i = 0; i < cells.size(); ++i) // a character that two cells share would be one in neither
        if (!cells[i].empty() && (cells[i].front() & 0xC0) == 0x80) return false;
    return true;
}

constexpr std::size_t kept_of_bad_cell = 4'096; // bytes
constexpr std::size_t shortest_limit = 2'048;   // of a column's values; a shorter row has no long cell

bool cell_too_long(const csv_file& file, std::size_t i, std::string_view cell)
{
    if (i >= file.header.columns.size() || !file.header.columns[i]) return false;
    return cell.size() > validation::longest_value(info(*file.header.columns[i]));
}

/// Trailing separators make trailing empty cells; they are not too many cells.
void drop_empty_ends(csv_row& row, std::size_t width)
{
    while (row.cells.size() > width && trimmed(row.cells.back()).empty()) row.cells.pop_back();
}

/// Whether the cells of a row stand where the header says.
bool fits(const csv_row& row, std::size_t width)
{
    return row.is == csv_row::trouble::none && row.cells.size() == width;
}

/// Whether it is certainly a row of this table, whatever else is wrong with it.
bool names_an_order(const store::intake_record& record)
{
    const auto& type = record.values[column::order_type];
    return type == "1" || type == "2" || type == "3";
}

/// What is wrong with the bytes of cell `i`.
void report_unreadable(const csv_file& file, std::size_t i, std::string_view cell, validation::reporter& report)
{
    auto number = std::to_string(i + 1);
    auto nul = cell.find('\0');
    if (nul != cell.npos && valid_utf8(cell))
        report.add_row("row_nul_character", {number, std::to_string(code_points(cell.substr(0, nul)) + 1)});
    else
        report.add_row("row_unreadable", {std::string(name(file.coded)), number});
}

/// `spare`: a row that is done with; its memory serves this one.
store::intake_record judge_row(const csv_file& file, const judge& by, csv_row& row,
                               const validation::severities& changed, store::intake_record spare)
{
    auto values = std::move(spare.values);
    values.clear();
    validation::reporter report(changed);
    auto width = file.header.columns.size();
    if (row.is == csv_row::trouble::too_long)
        report.add_row("row_too_long", {std::to_string(csv_reader::usual_longest_row >> 10)});
    else if (row.is == csv_row::trouble::quotes)
        report.add_row("row_quotes");
    else if (row.cells.size() != width)
        report.add_row("row_cell_count", {std::to_string(row.cells.size()), std::to_string(width)});
    std::vector<bool> good;                  // of cells, where not all are
    bool all_fine = all_readable(row.cells); // as nearly always
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
        auto cell = row.cells[i];
        bool fine = all_fine || readable(cell);
        if (!fine) {
            good.resize(std::max(width, row.cells.size()), true);
            good[i] = false;
            report_unreadable(file, i, cell, report);
        } else if (i < width && file.header.columns[i])
            values[*file.header.columns[i]] = without_guard(cell); // it may come from one of our answers
    }
    auto broken = report.take();
    auto record = by(row.number, std::move(values));
    bool any_long = false;
    for (std::size_t i = 0; i < row.cells.size() && row.cells.joined().size() > shortest_limit; ++i)
        any_long = any_long || cell_too_long(file, i, row.cells[i]);
    record.cells = std::move(spare.cells);
    record.cells.clear();
    auto keep = [&](std::size_t i) {
        auto cell = i < row.cells.size() ? row.cells[i] : std::string_view();
        bool whole = (good.empty() || good[i]) && !(any_long && cell_too_long(file, i, cell));
        whole ? record.cells.add(cell) : record.cells.add(printable(cell, kept_of_bad_cell));
    };
    if (good.empty() && !any_long && file.kept.size() == width && row.cells.size() >= width)
        std::swap(record.cells, row.cells); // all are kept as they are
    else {
        for (auto i : file.kept) keep(i);
        for (std::size_t i = width; i < row.cells.size(); ++i) keep(i); // nothing that came is lost
    }
    if (broken.empty()) return record;
    // Cells that slid aside say nothing about the values.
    record.found = std::move(broken);
    record.state = order_state::rejected;
    record.natural_key.clear();
    return record;
}

/// What is known of a file when it was read to its end.
struct whole_file {
    store::file_facts facts;
    std::vector<std::string> notes; // for its author
};

/// Reads and judges on a thread of its own what `use` then gets, piece by piece.
whole_file judge_rows(const csv_file& file, std::string_view content_key, const judge& by,
                      const validation::severities& changed, const std::function<void(judged_rows&)>& use)
{
    async::hand_over<judged_rows> line(1);
    whole_file whole{{"", file.bytes->size(), file.bytes->written().at, 0}, {}};
    std::jthread reading([&] {
        std::exception_ptr failed;
        try {
            content_hasher hash(content_key);
            auto reader = file.read(file.separator, &hash);
            judged_rows piece;
            std::vector<store::intake_record> spare;
            std::size_t size = 0;
            std::int64_t rows = 0;
            bool wanted = true;
            auto give = [&] {
                piece.progress = {file.bytes->position(), file.bytes->size(), rows};
                wanted = line.give(std::move(piece));
                // Used again where they were made: that costs the other thread no time, and spares allocations.
                piece = {};
                piece.rows.reserve(rows_at_once);
                if (auto used = line.used(); !used.rows.empty()) spare = std::move(used.rows);
                size = 0;
            };
            csv_row row;
            auto width = file.header.columns.size();
            auto judged = [&] {
                auto last = spare.empty() ? store::intake_record{} : std::move(spare.back());
                if (!spare.empty()) spare.pop_back();
                return judge_row(file, by, row, changed, std::move(last));
            };
            auto put = [&](store::intake_record record) {
                piece.rows.push_back(std::move(record));
                size += piece.rows.back().cells.bytes();
                for (const auto& f : piece.rows.back().found) size += f.japanese.size() + f.english.size();
                if (piece.rows.size() >= rows_at_once || size >= bytes_at_once) give();
            };
            misfit_run run;
            auto fold = [&] {
                constexpr std::int64_t rows_between = 100'000; // looks whether somebody waits for a stop
                run.fold(row.number, judged);
                if (run.rest() % rows_between == 0) give();
            };
            auto end_run = [&] {
                if (auto rest = run.end()) put(std::move(*rest));
            };
            while (wanted && reader.next(row)) {
                if (row.unfinished) whole.facts.unfinished_row = row.number;
                if (row.number <= file.header_row) continue;
                ++rows;
                drop_empty_ends(row, width);
                bool misfit = !fits(row, width);
                if (misfit) run.add(row);
                if (misfit && run.long_enough()) {
                    fold();
                    continue;
                }
                auto record = judged();
                if (!misfit && names_an_order(record))
                    end_run();
                else if (run.long_enough()) { // a line of a text that has as many cells by chance
                    fold();
                    continue;
                }
                put(std::move(record));
            }
            end_run();
            if (wanted && !piece.rows.empty()) give();
            whole.notes = run.notes();
            if (file.bytes->changed())
                throw file_not_read("it was written to while it was read; it must be whole first");
            whole.facts.content_hash = hash.end();
        } catch (...) {
            failed = std::current_exception();
        }
        line.close(failed);
    });
    struct leave_line {
        async::hand_over<judged_rows>& line;
        ~leave_line() { line.leave(); }
    } leaving{line};
    while (auto piece = line.take()) {
        use(*piece);
        line.give_back(std::move(*piece));
    }
    reading.join();
    return whole;
}

std::string same_content_note(const std::optional<store::same_file>& before)
{
    if (!before) return "";
    return "同じ内容のファイルを" + before->day + "に「" + before->batch +
           "」として受け付けています。 / a file with the same "
           "content came on " +
           before->day + " as \"" + before->batch + "\"";
}

std::string long_name_note(const std::string& file_name, const std::string& inside)
{
    if (file_name == inside) return "";
    return "ファイル名が長いため、「" + printable(inside, longest_name) +
           "」という名前で保管しています。 / the file's name is too long; it is kept as \"" +
           printable(inside, longest_name) + "\"";
}

/// What both authors should know: of the file as it was (`grown`) and as it is now, taken in as `batch`.
std::vector<std::string> tell_growth(store::grown_batch& grown, const std::optional<store::cut_row>& cut,
                                     const std::string& batch, std::uint64_t size)
{
    std::vector<std::string> notes;
    auto sizes = std::to_string(grown.file_size) + " → " + std::to_string(size);
    grown.notes.push_back("このファイルは取込後に書き込まれました（" + sizes + "バイト）。新しい内容は「" + batch +
                          "」として受け付けました。 / the file was written to after it was taken in (" + sizes +
                          " bytes); what it holds now was taken in as \"" + batch + "\"");
    notes.push_back(
        "このファイルは「" + grown.name + "」として取り込まれた後に書き込まれました（" + sizes +
        "バイト）。受付済みの行は重複として扱い、新しい行だけを受け付けます。 / the file was taken in as \"" +
        grown.name + "\" before it was complete (" + sizes +
        " bytes); rows that had come before create nothing, the new ones are taken in");
    if (!cut) return notes;
    auto row = std::to_string(cut->row);
    auto note = row + "行目は書きかけのまま「" + grown.name + "」で受け付けた可能性があります（管理番号「" +
                cut->request_key + "」）。オーダの内容を確認し、誤りがあれば取り下げてください。 / row " + row +
                " may have been cut when it was taken in with \"" + grown.name + "\" (request_key \"" +
                cut->request_key + "\"): compare that order with the row, and withdraw or cancel it where it is wrong";
    grown.notes.push_back(note);
    notes.push_back(note);
    return notes;
}

/// The name of a file's batch, and of its answers.
std::string stem_of(const std::string& file_name)
{
    auto stem = std::filesystem::path(file_name).stem().string();
    auto text = valid_utf8(stem) ? stem : to_utf8(stem, encoding::cp932).value_or(stem);
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c == '\n' || c == '\t'; }, '?');
    return short_name(printable(text, text.size()));
}

}

std::variant<store::batch_counts, unreadable_file>
take_file(store::session& s, const file_to_take& file, const file_settings& settings, const judge_settings& judging,
          utc_time now, const report_progress& tell, const std::stop_token& stopping)
{
    if (auto before = store::find_taken(s, file.take_id)) return *before;
    auto key = store::content_key(s);
    auto opened = open_csv(file.path, settings.expected, stopping);
    if (auto* failed = std::get_if<unreadable_file>(&opened)) return *failed;
    auto& csv = std::get<csv_file>(opened);

    auto products = store::read_catalogue(s);
    judge by(judging, products, key, now);
    store::batch_description about;
    auto inside = short_name(file.file_name);
    about.name = stem_of(inside);
    about.source = "csv";
    about.take_id = file.take_id;
    about.file_name = printable(file.file_name, 255);
    about.directory = file.directory;
    about.encoding = name(csv.coded);
    about.separator = std::string(1, csv.separator);
    about.japanese = csv.header.japanese;
    about.notes = csv.header.notes;
    if (auto note = long_name_note(file.file_name, inside); !note.empty()) about.notes.push_back(note);
    about.approval = judging.approval;
    if (!file.brought_by.empty()) about.brought_by.push_back(file.brought_by);
    for (auto i : csv.kept) about.header.push_back(csv.header_cells[i]);

    store::batch_writer writer(
        s, std::move(about), [&](const store::conflict& c) { return by.clash(c); }, stopping);
    auto [facts, notes] = judge_rows(csv, key, by, judging.severities, [&](judged_rows& piece) {
        if (stopping.stop_requested()) throw store::stopped();
        piece.rows = writer.add(std::move(piece.rows)); // those of the piece before, to be used again
        if (tell) tell(piece.progress);
    });
    writer.settle();
    auto grown = file.grown_from ? writer.find_grown(*file.grown_from) : std::nullopt;
    if (grown)
        for (auto& note : tell_growth(*grown, writer.find_cut_row(*grown), writer.batch_name(), facts.size))
            notes.push_back(std::move(note));
    if (auto note = same_content_note(writer.find_same_content(facts.content_hash)); !note.empty())
        notes.push_back(note);
    return writer.finish(facts, notes, grown);
}

std::variant<dry_run, unreadable_file>
try_file(store::session* s, const std::string& path, const file_settings& settings, const judge_settings& judging,
         utc_time now, const std::function<void(const store::intake_record&)>& each, const report_progress& tell)
{
    auto key = s ? store::content_key(*s) : "dry run";
    auto opened = open_csv(path, settings.expected);
    if (auto* failed = std::get_if<unreadable_file>(&opened)) return *failed;
    auto& csv = std::get<csv_file>(opened);
    auto products = s ? store::read_catalogue(*s) : std::nullopt;
    judge by(judging, products, key, now);
    dry_run out;
    out.encoding = name(csv.coded);
    out.notes = csv.header.notes;
    out.catalogue_read = products.has_value();
    store::batch_trial trial(s, [&](const store::conflict& c) { return by.clash(c); });
    auto whole = judge_rows(csv, key, by, judging.severities, [&](judged_rows& piece) {
        trial.add(piece.rows);
        for (const auto& row : piece.rows) {
            ++(row.duplicate ? out.duplicate : row.state == order_state::rejected ? out.rejected : out.accepted);
            if (!row.duplicate && row.state != order_state::rejected) {
                out.purchase_price += row.purchase_price.value_or(0);
                out.monthly_price += row.monthly_price.value_or(0);
                out.unpriced += unpriced(row);
            }
            each(row);
        }
        if (tell) tell(piece.progress);
    });
    out.notes.insert(out.notes.end(), whole.notes.begin(), whole.notes.end());
    if (s)
        if (auto note = same_content_note(store::find_same_content(*s, whole.facts.content_hash)); !note.empty())
            out.notes.push_back(note);
    if (auto note = store::sites_note(trial.sites_not_checked()); !note.empty()) out.notes.push_back(note);
    return out;
}

}
