mod isolation;
mod packs;
mod sessions;
