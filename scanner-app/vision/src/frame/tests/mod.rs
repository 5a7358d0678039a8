mod files;
mod frames;
mod samples;
