//! A changed document goes live without a restart.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod live;
mod scene;

use std::fs;
use std::io::Write as _;
use std::path::Path as FilePath;
use std::sync::mpsc;
use std::time::Duration;

use brrtrouter::prelude::*;
use brrtrouter::reload::{ReloadError, ReloadableService, watch_spec, watch_spec_with};
use live::*;
use scene::*;
use whole_server_tests::{On, on_both};

on_both!(
    whatever_way_the_document_is_saved_it_serves,
    whatever_way_a_referenced_file_is_saved_it_counts,
    a_touch_is_a_reload_without_changes,
    a_broken_document_is_reported_with_its_place_each_time_and_the_old_one_serves,
    an_operation_without_a_handler_keeps_the_old_document,
    a_file_that_is_missing_is_waited_for,
    a_file_that_goes_away_and_comes_back_counts,
    what_was_saved_before_the_watch_began_serves,
    links_that_are_made_to_lead_elsewhere_count,
    a_folder_that_is_replaced_counts_and_is_watched_on,
    documents_that_refer_to_each_other_are_both_watched,
    a_strict_loader_stays_strict,
    a_panic_is_reported_and_ends_no_watch,
    a_document_that_is_not_there_is_not_watched,
    handlers_of_operations_that_are_gone_are_dropped,
    many_steps_of_saving_are_few_reloads,
    weaker_demands_are_told,
    under_load_no_request_is_lost_and_none_sees_two_documents,
    a_stream_that_a_reload_adds_is_served_where_there_are_streams,
);

fn whatever_way_the_document_is_saved_it_serves(on: On) {
    let scene = Scene::new(on, &["a", "b"]);
    for (round, save) in WAYS.iter().cycle().take(8).enumerate() {
        let (with, without) = if round % 2 == 0 {
            ("a", "b")
        } else {
            ("b", "a")
        };
        save(&scene.file("api.yaml"), &document(&[with]));
        let changes = scene.changes();
        let expected: (&[&str], &[&str]) = if round == 0 {
            (&[], &["b"])
        } else {
            (&[with], &[without])
        };
        assert_eq!(
            (&names(&changes.added)[..], &names(&changes.removed)[..]),
            expected
        );
        assert_eq!(scene.status(&format!("/{with}")), 200);
        assert_eq!(scene.status(&format!("/{without}")), 404);
    }
}

fn whatever_way_a_referenced_file_is_saved_it_counts(on: On) {
    let scene = Scene::new(on, &["a"]);
    assert_eq!(scene.status("/a?n=10"), 200);
    for (round, save) in WAYS.iter().cycle().take(8).enumerate() {
        let most = if round % 2 == 0 { 9 } else { 10 };
        save(
            &scene.file("things.yaml"),
            &format!("N: {{type: integer, maximum: {most}}}\n"),
        );
        let changes = scene.changes();
        assert_eq!(names(&changes.changed), ["a"]);
        assert!(changes.added.is_empty() && changes.removed.is_empty());
        assert_eq!(scene.status("/a?n=10"), if most == 9 { 400 } else { 200 });
    }
}

fn a_touch_is_a_reload_without_changes(on: On) {
    let scene = Scene::new(on, &["a"]);
    let file = fs::File::options()
        .append(true)
        .open(scene.file("api.yaml"))
        .unwrap();
    file.set_modified(std::time::SystemTime::now() + Duration::from_secs(5))
        .unwrap();
    assert!(scene.report().unwrap().is_empty());
}

fn a_broken_document_is_reported_with_its_place_each_time_and_the_old_one_serves(on: On) {
    let scene = Scene::new(on, &["a"]);
    for round in 0..20 {
        rename_over(
            &scene.file("api.yaml"),
            &format!("openapi: 3.1.0\n# {round}\npaths: {{a: {{}}}}\n"),
        );
        let report = scene.report().unwrap_err().to_string();
        assert!(report.contains("api.yaml:3:"), "{report}");
        assert_eq!(scene.status("/a"), 200);
    }
    write_in_place(&scene.file("api.yaml"), &document(&["a", "b"]));
    assert_eq!(names(&scene.changes().added), ["b"]);
    assert_eq!(scene.status("/b"), 200);
}

fn an_operation_without_a_handler_keeps_the_old_document(on: On) {
    let scene = Scene::new(on, &["a"]);
    rename_over(&scene.file("api.yaml"), &document(&["a", "unheard"]));
    let report = scene.report().unwrap_err().to_string();
    assert!(
        report.contains("\"unheard\"") && report.contains("api.yaml:"),
        "{report}"
    );
    assert_eq!((scene.status("/a"), scene.status("/unheard")), (200, 404));
}

fn a_file_that_is_missing_is_waited_for(on: On) {
    let scene = Scene::new(on, &["a"]);
    let named = document(&["a"]).replace("things.yaml", "later.yaml");
    rename_over(&scene.file("api.yaml"), &named);
    assert!(scene.report().is_err());
    let mut later = fs::File::create(scene.file("later.yaml")).unwrap();
    later.write_all(THINGS.as_bytes()).unwrap();
    drop(later);
    scene.changes();
}

fn a_file_that_goes_away_and_comes_back_counts(on: On) {
    let scene = Scene::new(on, &["a"]);
    for file in ["things.yaml", "api.yaml"] {
        let text = fs::read_to_string(scene.file(file)).unwrap();
        fs::remove_file(scene.file(file)).unwrap();
        let report = scene.report().unwrap_err().to_string();
        assert!(report.contains(file), "{report}");
        assert_eq!(scene.status("/a?n=10"), 200);
        fs::write(scene.file(file), text).unwrap();
        assert!(scene.changes().is_empty());
    }
    rename_over(
        &scene.file("things.yaml"),
        "N: {type: integer, maximum: 9}\n",
    );
    assert_eq!(names(&scene.changes().changed), ["a"]);
    assert_eq!(scene.status("/a?n=10"), 400);
}

fn what_was_saved_before_the_watch_began_serves(on: On) {
    let folder = tempfile::tempdir().unwrap();
    let entry = folder.path().join("api.yaml");
    fs::write(folder.path().join("things.yaml"), THINGS).unwrap();
    fs::write(&entry, document(&["a"])).unwrap();
    let service = service_of(load_spec(&entry).unwrap());
    fs::write(&entry, document(&["a", "b"])).unwrap();
    let scene = Scene::watching(on, folder, &entry, service);
    assert_eq!(names(&scene.report().unwrap().added), ["b"]);
    assert_eq!(scene.status("/b"), 200);
}

/// As Kubernetes mounts a configuration: the names lead through a link that is replaced.
fn links_that_are_made_to_lead_elsewhere_count(on: On) {
    use std::os::unix::fs::symlink;

    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().to_owned();
    let at = |path: &str| root.join(path);
    let lead = |link: &str, to: &str| {
        symlink(to, at("new")).unwrap();
        fs::rename(at("new"), at(link)).unwrap();
    };
    for (version, operations) in [("..1", &["a"][..]), ("..2", &["a", "b"])] {
        fs::create_dir(at(version)).unwrap();
        fs::write(at(version).join("api.yaml"), document(operations)).unwrap();
        fs::write(at(version).join("things.yaml"), THINGS).unwrap();
    }
    symlink("..1", at("..data")).unwrap();
    symlink("..data/api.yaml", at("api.yaml")).unwrap();
    let entry = at("api.yaml");
    let service = service_of(load_spec(&entry).unwrap());
    let scene = Scene::watching(on, folder, &entry, service);
    lead("..data", "..2");
    fs::remove_dir_all(at("..1")).unwrap();
    assert_eq!(names(&scene.changes().added), ["b"]);
    // What the document refers to is a link by itself.
    fs::write(at("..2/nine.yaml"), "N: {type: integer, maximum: 9}\n").unwrap();
    fs::write(at("..2/ten.yaml"), THINGS).unwrap();
    symlink("nine.yaml", at("..2/new")).unwrap();
    fs::rename(at("..2/new"), at("..2/things.yaml")).unwrap();
    assert_eq!(names(&scene.changes().changed), ["a", "b"]);
    assert_eq!(scene.status("/a?n=10"), 400);
    symlink("ten.yaml", at("..2/new")).unwrap();
    fs::rename(at("..2/new"), at("..2/things.yaml")).unwrap();
    assert_eq!(names(&scene.changes().changed), ["a", "b"]);
    assert_eq!(scene.status("/a?n=10"), 200);
}

fn a_folder_that_is_replaced_counts_and_is_watched_on(on: On) {
    let folder = tempfile::tempdir().unwrap();
    let at = |path: &str| folder.path().join(path);
    let fill = |folder: &FilePath, operations: &[&str]| {
        fs::create_dir(folder).unwrap();
        fs::write(folder.join("api.yaml"), document(operations)).unwrap();
        fs::write(folder.join("things.yaml"), THINGS).unwrap();
    };
    fill(&at("api"), &["a"]);
    let entry = at("api/api.yaml");
    let service = service_of(load_spec(&entry).unwrap());
    fill(&at("other"), &["a", "b"]);
    fs::create_dir(at("old")).unwrap();
    let root = folder.path().to_owned();
    let scene = Scene::watching(on, folder, &entry, service);
    fs::rename(root.join("api"), root.join("old/api")).unwrap();
    fs::rename(root.join("other"), root.join("api")).unwrap();
    assert_eq!(names(&scene.changes().added), ["b"]);
    for most in [9, 8] {
        rename_over(
            &root.join("api/things.yaml"),
            &format!("N: {{type: integer, maximum: {most}}}\n"),
        );
        assert_eq!(names(&scene.changes().changed), ["a", "b"]);
    }
    // What the folder is that was there before is nobody's concern.
    fs::write(root.join("old/api/api.yaml"), "no document").unwrap();
    fs::remove_dir_all(root.join("old")).unwrap();
    rename_over(&entry, &document(&["a"]));
    assert_eq!(names(&scene.changes().removed), ["b"]);
}

fn documents_that_refer_to_each_other_are_both_watched(on: On) {
    let scene = Scene::new(on, &["a"]);
    let things = |most: u8| {
        format!(
            "N: {{type: integer, maximum: {most}}}\n\
             back: {{$ref: 'api.yaml#/paths/~1a/get/parameters/0/schema'}}\n"
        )
    };
    rename_over(&scene.file("things.yaml"), &things(9));
    assert_eq!(names(&scene.changes().changed), ["a"]);
    let back = document(&["a"]).replace("#/N", "#/back");
    rename_over(&scene.file("api.yaml"), &back);
    let report = scene.report().unwrap_err().to_string();
    assert!(report.contains("B0405"), "a circle: {report}");
    rename_over(
        &scene.file("api.yaml"),
        &document(&["a", "b"]).replacen("#/N", "#/P", 1),
    );
    let report = scene.report().unwrap_err().to_string();
    assert!(report.contains("things.yaml"), "{report}");
    let both = "P: {$ref: 'api.yaml#/paths/~1b/get/parameters/0/schema'}\n";
    rename_over(&scene.file("things.yaml"), &(things(8) + both));
    assert_eq!(names(&scene.changes().added), ["b"]);
    assert_eq!((scene.status("/a?n=9"), scene.status("/a?n=8")), (400, 200));
}

fn a_strict_loader_stays_strict(on: On) {
    let folder = tempfile::tempdir().unwrap();
    let entry = folder.path().join("api.yaml");
    fs::write(folder.path().join("things.yaml"), THINGS).unwrap();
    fs::write(&entry, document(&["a"])).unwrap();
    let service = service_of(load_spec(&entry).unwrap());
    let (sender, reports) = mpsc::channel();
    let loader = brrtrouter_spec::Loader::new().strict(true);
    let watch = watch_spec_with(loader, &entry, &service, move |report| {
        let _ = sender.send(report);
    });
    let scene = Scene {
        folder,
        client: on.client(service),
        reports,
        watch: Some(watch.unwrap()),
    };
    let odd = document(&["a", "b"]).replace("operationId: a", "operationId: b");
    rename_over(&entry, &odd);
    let report = scene.report().unwrap_err().to_string();
    assert!(report.contains("B0309"), "{report}");
    assert_eq!(scene.status("/b"), 404);
    rename_over(&entry, &document(&["a", "b"]));
    assert_eq!(names(&scene.changes().added), ["b"]);
}

fn a_panic_is_reported_and_ends_no_watch(on: On) {
    let folder = tempfile::tempdir().unwrap();
    let entry = folder.path().join("api.yaml");
    fs::write(folder.path().join("things.yaml"), THINGS).unwrap();
    fs::write(&entry, document(&["a"])).unwrap();
    let service = ReloadableService::new(load_spec(&entry).unwrap(), |spec| {
        assert!(spec.operations.len() < 2, "two are too many");
        AppService::builder(spec).handler("a", || "a")
    });
    let service = service.unwrap();
    let (sender, reports) = mpsc::channel();
    let watch = watch_spec(&entry, &service, move |report| {
        let is_good = report.is_ok();
        let _ = sender.send(report);
        assert!(is_good, "whoever is told may panic too");
    });
    let scene = Scene {
        folder,
        client: on.client(service),
        reports,
        watch: Some(watch.unwrap()),
    };
    for _ in 0..2 {
        rename_over(&entry, &document(&["a", "b"]));
        let report = scene.report().unwrap_err();
        assert!(matches!(report, ReloadError::Panic(_)), "{report}");
        assert!(report.to_string().contains("two are too many"), "{report}");
        assert_eq!(scene.status("/a"), 200);
        rename_over(&entry, &document(&["a"]));
        assert!(scene.report().unwrap().is_empty());
    }
}

fn a_document_that_is_not_there_is_not_watched(_: On) {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("api.yaml");
    let error = watch_spec(&missing, &service_of(versioned(1)), |_| {}).unwrap_err();
    assert!(error.to_string().contains("api.yaml"), "{error}");
}

fn many_steps_of_saving_are_few_reloads(on: On) {
    let mut scene = Scene::new(on, &["a"]);
    for _ in 0..5 {
        write_in_place(&scene.file("api.yaml"), "openapi: 3.1.0\npaths: {");
        rename_over(&scene.file("api.yaml"), &document(&["a", "b"]));
    }
    assert_eq!(names(&scene.changes().added), ["b"]);
    drop(scene.watch.take());
    // One at most, unless this thread was held up between two steps.
    assert!(scene.reports.iter().count() < 5);
}
