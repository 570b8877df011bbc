//! Signing in and what belongs to it.

use crate::web::routes::{Face, Route, to};

use super::{
    account, authenticator, code, forgotten, join, login, passkeys, password, proof, recovery, second_factor, sessions, setup,
    sso,
};

pub const ROUTES: &[Route] = &[
    Route::get(Face::Auth, "/setup", || to(setup::show)),
    Route::post(Face::Auth, "/setup", || to(setup::finish)),
    Route::get(Face::Auth, "/login", || to(login::show)),
    Route::post(Face::Auth, "/login", || to(login::sign_in)),
    Route::get(Face::Auth, "/login/code", || to(code::show)),
    Route::post(Face::Auth, "/login/code", || to(code::enter)),
    Route::get(Face::Auth, "/login/forgotten", || to(forgotten::show)),
    Route::post(Face::Auth, "/login/forgotten", || to(forgotten::ask)),
    Route::get(Face::Auth, "/login/password", || to(password::show)),
    Route::post(Face::Auth, "/login/password", || to(password::choose)),
    // Single sign-on; the last one is called by the provider itself.
    Route::post(Face::Auth, "/login/sso", || to(sso::begin)),
    Route::get(Face::Auth, "/login/sso/callback", || to(sso::back)),
    Route::post(Face::Auth, "/join/sso", || to(sso::join)),
    Route::post(Face::Auth, "/account/sso", || to(sso::link)),
    Route::post(Face::Auth, "/account/sso/removal", || to(sso::unlink)),
    Route::post(Face::Provider, "/login/sso/logout", || to(sso::logout)),
    Route::post(Face::Auth, "/logout", || to(login::sign_out)),
    Route::get(Face::Auth, "/join", || to(join::show)),
    Route::post(Face::Auth, "/join", || to(join::join)),
    Route::get(Face::Auth, "/account", || to(account::show)),
    Route::post(Face::Auth, "/login/passkey", || to(passkeys::sign_in)),
    Route::post(Face::Auth, "/login/passkey/challenge", || to(passkeys::ask_anybody)),
    Route::post(Face::Auth, "/login/code/passkey", || to(passkeys::ask_second)),
    Route::get(Face::Auth, "/account/passkeys", || to(passkeys::list)),
    Route::post(Face::Auth, "/account/passkeys", || to(passkeys::add)),
    Route::post(Face::Auth, "/account/passkeys/challenge", || to(passkeys::challenge)),
    Route::post(Face::Auth, "/account/passkeys/{id}", || to(passkeys::rename)),
    Route::post(Face::Auth, "/account/passkeys/{id}/removal", || to(passkeys::remove)),
    Route::get(Face::Auth, "/account/sessions", || to(sessions::list)),
    Route::post(Face::Auth, "/account/sessions/closure", || to(sessions::end_others)),
    Route::post(Face::Auth, "/account/sessions/{id}/closure", || to(sessions::end)),
    Route::post(Face::Auth, "/account/password", || to(account::change_password)),
    Route::post(Face::Auth, "/account/proof", || to(proof::confirm)),
    Route::post(Face::Auth, "/account/proof/passkey", || to(passkeys::ask_proof)),
    Route::get(Face::Auth, "/account/second-factor", || to(second_factor::show)),
    Route::get(Face::Auth, "/account/authenticator", || to(authenticator::show)),
    Route::post(Face::Auth, "/account/authenticator", || to(authenticator::confirm)),
    Route::post(Face::Auth, "/account/authenticator/removal", || to(authenticator::remove)),
    Route::post(Face::Auth, "/account/recovery-codes", || to(recovery::make)),
];
