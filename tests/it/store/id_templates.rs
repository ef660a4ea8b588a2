use rastau::domain::face::comparison::{ModelHash, Template};
use rastau::domain::face::ports::TemplateCount;
use rastau::domain::kernel::store_error::StoreError;
use rastau::domain::ports::Store as _;
use rastau::domain::reason::ReasonCode;

use super::database::{Database, at};
use super::on_both_engines;

fn model(name: &str) -> ModelHash {
    ModelHash(name.to_owned())
}

fn template(name: &str, first: f32) -> Template {
    Template::new(model(name), vec![first, 0.5, -0.25]).unwrap()
}

on_both_engines! {
    async fn a_template_stands_for_one_photo_and_one_model(database: &Database) {
        let player = database.player(0).await;
        let (old, new) = (template("sface", 0.1), template("sface", 0.9));
        let mut unit = database.begin().await;
        unit.put_id_template(player, [1; 32], &old).await.unwrap();
        unit.put_id_template(player, [1; 32], &template("other", 0.3)).await.unwrap();
        assert_eq!(unit.find_id_template(player, [1; 32], old.model()).await.unwrap(), Some(old.clone()));
        assert_eq!(unit.find_id_template(player, [2; 32], old.model()).await.unwrap(), None);
        unit.put_id_template(player, [2; 32], &new).await.unwrap();
        assert_eq!(unit.find_id_template(player, [1; 32], old.model()).await.unwrap(), None, "replaced");
        assert_eq!(unit.find_id_template(player, [2; 32], new.model()).await.unwrap(), Some(new));
        let other = ModelHash("other".to_owned());
        assert!(unit.find_id_template(player, [1; 32], &other).await.unwrap().is_some());
    }

    async fn a_template_is_read_with_the_right_key_and_in_its_own_row_only(database: &Database) {
        let player = database.player(0).await;
        let mut unit = database.begin().await;
        unit.put_id_template(player, [1; 32], &template("sface", 0.1)).await.unwrap();
        unit.commit().await.unwrap();
        let foreign = database.with_keys(&[9]).await;
        let denied = foreign.read().await.unwrap().find_id_template(player, [1; 32], &model("sface")).await;
        assert!(matches!(denied, Err(StoreError::Corrupt(_))), "{denied:?}");
        database.tamper(sqlx::query("UPDATE id_template SET model = 'other'")).await;
        let moved = database.read().await.find_id_template(player, [1; 32], &model("other")).await;
        assert!(matches!(moved, Err(StoreError::Corrupt(_))), "{moved:?}");
    }

    async fn players_with_templates_of_other_models_alone_are_due(database: &Database) {
        let mut players = [database.player(0).await, database.player(1).await, database.player(2).await];
        players.sort_by_key(ToString::to_string);
        let new = model("new");
        let mut unit = database.begin().await;
        for player in players {
            unit.put_id_template(player, [1; 32], &template("old", 0.1)).await.unwrap();
            unit.put_id_template(player, [1; 32], &template("older", 0.1)).await.unwrap();
        }
        assert_eq!(unit.list_template_due(&new, None, 10).await.unwrap(), players);
        assert_eq!(unit.list_template_due(&new, None, 2).await.unwrap(), players[..2]);
        assert_eq!(unit.list_template_due(&new, Some(players[0]), 10).await.unwrap(), players[1..]);
        assert_eq!(unit.list_template_due(&model("old"), None, 10).await.unwrap(), []);
        unit.put_id_template(players[1], [1; 32], &template("new", 0.2)).await.unwrap();
        assert_eq!(unit.list_template_due(&new, None, 10).await.unwrap(), [players[0], players[2]]);
        assert_eq!(unit.count_templates(&new).await.unwrap(), TemplateCount { due: 2, unusable: 0 });
    }

    async fn an_unusable_photo_is_remembered_of_one_model_until_it_is_forgotten(database: &Database) {
        let player = database.player(0).await;
        let new = model("new");
        let mut unit = database.begin().await;
        unit.put_id_template(player, [1; 32], &template("old", 0.1)).await.unwrap();
        unit.refuse_id_template(player, &new, ReasonCode::NoFace, at(1)).await.unwrap();
        unit.refuse_id_template(player, &new, ReasonCode::Blurred, at(2)).await.unwrap();
        assert_eq!(unit.list_template_due(&new, None, 10).await.unwrap(), []);
        assert_eq!(unit.list_template_due(&model("newer"), None, 10).await.unwrap(), [player]);
        assert_eq!(unit.count_templates(&new).await.unwrap(), TemplateCount { due: 0, unusable: 1 });
        assert_eq!(unit.forget_template_refusals(&new).await.unwrap(), 1);
        assert_eq!(unit.list_template_due(&new, None, 10).await.unwrap(), [player]);
        unit.refuse_id_template(player, &new, ReasonCode::NoFace, at(3)).await.unwrap();
        unit.put_id_template(player, [2; 32], &template("new", 0.2)).await.unwrap();
        let usable = TemplateCount { due: 0, unusable: 0 };
        assert_eq!(unit.count_templates(&new).await.unwrap(), usable, "another photo passed");
    }

    async fn old_templates_go_only_where_a_new_one_stands(database: &Database) {
        let (done, left) = (database.player(0).await, database.player(1).await);
        let new = model("new");
        let mut unit = database.begin().await;
        for player in [done, left] {
            unit.put_id_template(player, [1; 32], &template("old", 0.1)).await.unwrap();
        }
        unit.refuse_id_template(left, &model("old"), ReasonCode::NoFace, at(1)).await.unwrap();
        unit.put_id_template(done, [1; 32], &template("new", 0.2)).await.unwrap();
        assert_eq!(unit.prune_id_templates(&new).await.unwrap(), 1);
        assert_eq!(unit.find_id_template(done, [1; 32], &model("old")).await.unwrap(), None);
        assert!(unit.find_id_template(done, [1; 32], &new).await.unwrap().is_some());
        assert!(unit.find_id_template(left, [1; 32], &model("old")).await.unwrap().is_some());
        assert_eq!(unit.count_templates(&model("old")).await.unwrap().unusable, 0);
    }
}
