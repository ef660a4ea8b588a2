//! The real binary, as the people who run it meet it.

mod attack;
mod audit;
mod config;
mod demo;
mod doctor;
mod evaluate;
mod evaluate_captures;
mod evaluate_injection;
mod evaluate_liveness;
mod evidence;
mod face;
mod full_disk;
mod jobs;
mod keys;
mod operator;
mod person;
mod registry;
mod review;
mod sandbox;
mod serve;
mod webhook;
mod workshop;
