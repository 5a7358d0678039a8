mod isolation;
mod sessions;
