#pragma once
#include <string>

namespace orderd::tests {

/// A small file system of its own, which takes root (or sudo without a password) to mount; unmounted when destroyed.
class small_disk {
public:
    explicit small_disk(const std::string& size); // as mount has it: "600k"
    ~small_disk();
    small_disk(const small_disk&) = delete;
    small_disk& operator=(const small_disk&) = delete;

    bool mounted() const { return mounted_; }
    std::string directory() const { return directory_; }
    void fill(); // to the last byte
    void make_room();

private:
    std::string filler() const { return directory_ + "/filler"; }
    std::string directory_;
    bool mounted_ = false;
};

}
