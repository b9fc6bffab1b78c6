// How much of the memory that was in use the process keeps.
#pragma once

namespace perch::agent {

/// One heap for all threads, before there is a second: the parts that glibc otherwise gives to each thread cannot be
/// handed back at their upper ends. What is sent all the time comes from pools, so threads seldom meet there.
void use_one_heap();

/// What is free in it goes back to the system; glibc by itself keeps most of what pictures and viewers have taken.
/// Takes milliseconds. Any thread.
void give_memory_back();

}  // namespace perch::agent
