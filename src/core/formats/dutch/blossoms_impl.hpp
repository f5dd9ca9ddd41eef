/// What `Matching` does with blossoms; include matching.hpp.
#pragma once

#include "core/formats/dutch/matching.hpp"

namespace agon::formats::dutch {

template <class Int, class Weights>
template <class F>
void Matching<Int, Weights>::for_vertices(Node b, const F& f) {
    if (!is_blossom(b)) return f(b);
    for (const auto child : blossom(b).children) for_vertices(child, f);
}

template <class Int, class Weights>
void Matching<Int, Weights>::set_top(Node b, Node top) {
    for_vertices(b, [&](Vertex v) { top_[v] = top; });
}

template <class Int, class Weights>
auto Matching<Int, Weights>::child_holding(Node b, Vertex v) const -> Node {
    Node child = v;
    while (parent_[child] != b) child = parent_[child];
    return child;
}

template <class Int, class Weights>
auto Matching<Int, Weights>::new_blossom() -> Node {
    if (unused_.empty()) {
        unused_.push_back(static_cast<Node>(n_ + blossoms_.size()));
        blossoms_.emplace_back();
        label_.push_back(Label::none);
        entry_.emplace_back();
        root_.push_back(no_vertex);
        base_.push_back(no_vertex);
        parent_.push_back(no_vertex);
        seen_.push_back(0);
    }
    const auto b = unused_.back();
    unused_.pop_back();
    blossom(b).z = 0;
    parent_[b] = no_vertex;
    outermost_.push_back(b);
    return b;
}

/// Where the ways from two outer nodes of one tree to their root come together.
template <class Int, class Weights>
auto Matching<Int, Weights>::meeting_point(Node a, Node b) -> Node {
    ++walk_;
    for (;;) {
        if (a != no_vertex) {
            if (seen_[a] == walk_) return a;
            seen_[a] = walk_;
            const auto inner = entry_[a].from;
            a = inner == no_vertex ? no_vertex : top_[entry_[top_[inner]].from];
        }
        std::swap(a, b);
    }
}

/// A tight edge closes an odd cycle of a tree: from now on it is one outer node.
template <class Int, class Weights>
void Matching<Int, Weights>::shrink(Vertex u, Vertex v) {
    const auto meeting = meeting_point(top_[u], top_[v]);
    std::vector<Node> children;
    std::vector<Edge> links;
    // Down from the meeting point to u …
    for (auto node = top_[u]; node != meeting; node = top_[entry_[node].from]) {
        children.push_back(node);
        links.push_back(entry_[node]);
    }
    children.push_back(meeting);
    std::ranges::reverse(children);
    std::ranges::reverse(links);
    // … across to v, and up again.
    links.push_back({u, v});
    for (auto node = top_[v]; node != meeting; node = top_[entry_[node].from]) {
        children.push_back(node);
        links.push_back({entry_[node].into, entry_[node].from});
    }

    const auto b = new_blossom();
    for (const auto child : children) parent_[child] = b;
    std::erase_if(outermost_, [&](Node other) { return parent_[other] == b; });
    blossom(b).children = std::move(children);
    blossom(b).links = std::move(links);
    base_[b] = base_[meeting];
    set_top(b, b);
    set_label(b, Label::outer, entry_[meeting], root_[meeting]);
}

/// An inner blossom's weight is used up. Its children on the even way from where the tree enters to the base take its
/// place in the tree, alternately inner and outer; the others leave the tree.
template <class Int, class Weights>
void Matching<Int, Weights>::expand_inner(Node b) {
    const auto entry = entry_[b];
    const auto root = root_[b];
    const auto first = child_holding(b, entry.into);
    const auto children = blossom(b).children;
    const auto links = blossom(b).links;
    const auto count = children.size();
    dissolve(b);
    for (const auto child : children) set_label(child, Label::none, {}, no_vertex);

    auto at = static_cast<std::size_t>(std::ranges::find(children, first) - children.begin());
    const bool forward = at % 2 == 1;
    auto way_in = entry;
    for (auto label = Label::inner;; label = label == Label::inner ? Label::outer : Label::inner) {
        set_label(children[at], label, way_in, root);
        if (at == 0) return;
        const auto next = forward ? (at + 1) % count : at - 1;
        const auto link = links[forward ? at : next];
        way_in = forward ? link : Edge{link.into, link.from};
        at = next;
    }
}

/// The blossom's children become outermost nodes.
template <class Int, class Weights>
void Matching<Int, Weights>::dissolve(Node b) {
    std::erase(outermost_, b);
    unused_.push_back(b);
    for (const auto child : std::exchange(blossom(b).children, {})) {
        parent_[child] = no_vertex;
        set_top(child, child);
        if (!is_blossom(child)) continue;
        outermost_.push_back(child);
    }
}

/// Makes v the base of its node: the vertex that is matched with the outside, or free.
template <class Int, class Weights>
void Matching<Int, Weights>::rotate(Node b, Vertex v) {
    if (!is_blossom(b) || base_[b] == v) return;
    base_[b] = v;
    const auto first = child_holding(b, v);
    rotate(first, v);
    auto& children = blossom(b).children;
    auto& links = blossom(b).links;
    const auto at = std::ranges::find(children, first) - children.begin();
    // With the new first child in front, the others are matched in pairs along the cycle.
    std::ranges::rotate(children, children.begin() + at);
    std::ranges::rotate(links, links.begin() + at);
    for (std::size_t i = 1; i < children.size(); i += 2) {
        const auto [from, into] = links[i];
        rotate(children[i], from);
        rotate(children[i + 1], into);
        mate_[from] = into;
        mate_[into] = from;
    }
}

}  // namespace agon::formats::dutch
