#pragma once
#include <atomic>
#include <memory>

// A relay on loopback that cuts connections after some bytes, in either direction.
namespace orderd::tests {

class cutting_proxy {
public:
    /// Relays to 127.0.0.1:`port`; each connection carries up to `most_bytes` each way before it is cut.
    cutting_proxy(int port, std::size_t most_bytes, unsigned seed);
    ~cutting_proxy();
    int port() const;
    void calm(); // cuts nothing any more
    long cuts() const;

private:
    struct state;
    std::unique_ptr<state> state_;
};

}
