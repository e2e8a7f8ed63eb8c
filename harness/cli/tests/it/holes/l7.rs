//! L7: every vendor in the list of shapes is recognised, and its documented examples are not.
