//! H3: `{{#title}}` hides no command and changes no block.
