//! H14: a shortage of file descriptors is never recorded as the failure of a recipe.
