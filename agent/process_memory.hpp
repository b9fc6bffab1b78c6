// How much of the memory that was in use the process keeps.
#pragma once

namespace perch::agent {

/// One heap for all threads, before there is a second: the parts that glibc otherwise gives to each thread cannot be
/// handed back at their upper ends. What is sent all the time comes from pools, so threads seldom meet there.
void use_one_heap();

/// No pages of two megabytes, for this process and all its threads. x264 asks for them where its pictures lie in the
/// heap, and the kernel keeps that wish when they are gone: seconds after the memory was given back it joins what
/// little is left there into whole huge pages, 2 to 6 MB that nobody uses (madvise(2) MADV_HUGEPAGE, prctl(2)
/// PR_SET_THP_DISABLE).
void use_no_huge_pages();

/// What is free in it goes back to the system; glibc by itself keeps most of what pictures and viewers have taken.
/// Takes milliseconds. Any thread.
void give_memory_back();

}  // namespace perch::agent
