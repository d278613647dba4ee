#!/bin/bash
# Every mutant still fits the code: the text that it changes stands there, the
# test that it names exists. Whether that test fails is tried by hand.
exec perl "${0%/*}/run" --check
