#pragma once
#include "orderd/store/batches.hpp"

#include <memory>
#include <pqxx/pqxx>
#include <span>

// Rows into their tables by COPY.
namespace orderd::store {

/// The rows that are no duplicates, as orders numbered from `first` on by their place in `rows`.
class order_copy {
public:
    /// Composes what will be sent.
    order_copy(batch_id, std::span<const intake_record> rows, std::int64_t first);
    ~order_copy(); // waits for the server
    order_copy(order_copy&&) noexcept;
    order_copy& operator=(order_copy&&) noexcept;

    /// Sends it. The server is at work on it until `complete`; nothing else can be asked of it meanwhile.
    void send(pqxx::transaction_base&);
    /// Waits for the server. Throws what stands against the rows: `pqxx::unique_violation`, or that it did not store
    /// all of them, which somebody's trigger may do without a word.
    void complete();

private:
    struct composed;
    std::unique_ptr<composed> composed_;
};

/// The cells of those that go back to their author or wait to be judged.
void copy_cells(pqxx::transaction_base&, std::span<const intake_record> rows, std::int64_t first);
void copy_duplicates(pqxx::transaction_base&, batch_id, std::span<const intake_record> rows);

}
