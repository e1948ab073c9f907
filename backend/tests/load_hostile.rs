//! Hostile metrics endpoints beside a good one, over real sockets: each is bounded, named in a sentence, and alone.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends where something is amiss")]

mod support;

use std::{collections::BTreeMap, future::Future, sync::LazyLock, time::Duration};

use backend::config::{Cluster, MetricsUrl};
use shared::load::{BrokerLoads, Load, Metric, part};
use shared::meta::Freshness;
use support::{Served, broker::FakeCluster, cluster, config, so, wait_until};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

const GOOD: &str = "kafka_broker_bytesin_total 1000\nkafka_broker_bytesout_total 2000\n\
                    kafka_topic_bytesin_total{topic=\"orders\"} 1000\nprocess_start_time_seconds 1\n";
const SOON: Duration = Duration::from_secs(90);
/// What all of it may take at most, the test itself included.
const MOST_MEMORY: usize = 400 << 20;

/// What an endpoint does, and what is said of it.
#[derive(Clone, Copy, Debug)]
enum Meanness {
    NeverEnds,
    NeverBegins,
    OneByteASecond,
    AMillionSeries,
    OneLine,
    Html,
    Garbage,
    Nothing,
    Closes,
    Asks,
    Elsewhere,
    Absent,
    Bomb,
    Odd,
    NotOurs,
}

const MEAN: [(Meanness, &str); 15] = [
    (Meanness::NeverEnds, "more than 16,777,216 bytes"),
    (Meanness::NeverBegins, "did not answer within"),
    (Meanness::OneByteASecond, "did not end its answer within"),
    (Meanness::AMillionSeries, "more than 262,144 series"),
    (Meanness::OneLine, "a line of more than 65,536 bytes"),
    (Meanness::Html, "no metrics"),
    (Meanness::Garbage, "could not be read"),
    (Meanness::Nothing, "answered with nothing"),
    (Meanness::Closes, "could not be read"),
    (Meanness::Asks, "HTTP 401: check metrics.authorization"),
    (Meanness::Elsewhere, "HTTP 302: it sends elsewhere"),
    (Meanness::Absent, "HTTP 404: check metrics.url"),
    // Unpacking without optimisation may take until the deadline.
    (Meanness::Bomb, "more than 16,777,216 bytes|did not end its answer within"),
    (Meanness::Odd, "tells -5 of kafka_broker_bytesin_total, which no counter can be"),
    (Meanness::NotOurs, "nothing that is known"),
];

async fn listen<F: Future<Output = std::io::Result<()>> + Send + 'static>(
    serve: impl Fn(TcpStream) -> F + Send + Sync + 'static,
) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut serving = JoinSet::new();
        while let Ok((stream, _)) = listener.accept().await {
            serving.spawn(serve(stream));
        }
    });
    format!("http://{address}/metrics?secret=hidden")
}

async fn head(stream: &mut TcpStream, status: &str, more: &str) -> std::io::Result<()> {
    let mut asked = vec![0; 4096];
    let _asked = stream.read(&mut asked).await?;
    stream.write_all(format!("HTTP/1.1 {status}\r\nConnection: close\r\n{more}\r\n").as_bytes()).await
}

async fn good(mut stream: TcpStream) -> std::io::Result<()> {
    head(&mut stream, "200 OK", &format!("Content-Length: {}\r\n", GOOD.len())).await?;
    stream.write_all(GOOD.as_bytes()).await
}

async fn mean(meanness: Meanness, mut stream: TcpStream) -> std::io::Result<()> {
    let ok = async |stream: &mut TcpStream| head(stream, "200 OK", "").await;
    let say = async |mut stream: TcpStream, text: &str| {
        head(&mut stream, "200 OK", "").await?;
        stream.write_all(text.as_bytes()).await
    };
    match meanness {
        Meanness::NeverEnds => {
            ok(&mut stream).await?;
            let comments = "# nothing to be seen here, and again nothing\n".repeat(1000);
            loop {
                stream.write_all(comments.as_bytes()).await?;
            }
        }
        Meanness::NeverBegins => {
            while stream.read_u8().await.is_ok() {}
            Ok(())
        }
        Meanness::OneByteASecond => {
            ok(&mut stream).await?;
            loop {
                stream.write_all(b"x").await?;
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
        Meanness::AMillionSeries => {
            ok(&mut stream).await?;
            for thousand in 0..1000 {
                let series: String =
                    (0..1000).map(|number| format!("x{{a=\"{thousand}-{number}\"}} 1\n")).collect();
                stream.write_all(series.as_bytes()).await?;
            }
            Ok(())
        }
        Meanness::OneLine => {
            ok(&mut stream).await?;
            loop {
                stream.write_all(&[b'x'; 4096]).await?;
            }
        }
        Meanness::Html => say(stream, "<!doctype html>\n<html>\n<body>It works!</body></html>\n").await,
        Meanness::Garbage => stream.write_all(&[0xff; 900]).await,
        Meanness::Nothing => say(stream, "").await,
        Meanness::Closes => Ok(()),
        Meanness::Asks => head(&mut stream, "401 Unauthorized", "").await,
        Meanness::Elsewhere => head(&mut stream, "302 Found", "Location: http://127.0.0.1:1/\r\n").await,
        Meanness::Absent => head(&mut stream, "404 Not Found", "").await,
        Meanness::Bomb => {
            head(&mut stream, "200 OK", "Content-Encoding: gzip\r\n").await?;
            stream.write_all(&BOMB).await
        }
        Meanness::Odd => {
            say(
                stream,
                "kafka_broker_bytesin_total -5\nkafka_broker_bytesout_total NaN\nprocess_open_fds many\n",
            )
            .await
        }
        Meanness::NotOurs => say(stream, "node_cpu_seconds_total 1\n").await,
    }
}

/// A gigabyte of comments, packed: once, as that takes seconds of a thread that also serves the good one.
static BOMB: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let megabyte = format!("#{}\n", "x".repeat(1022)).repeat(1024);
    for _ in 0..1024 {
        std::io::Write::write_all(&mut packed, megabyte.as_bytes()).unwrap();
    }
    packed.finish().unwrap()
});

fn metered(name: &str, fake: &FakeCluster, url: &str) -> Cluster {
    let mut cluster = cluster(name, &fake.address.to_string());
    cluster.metrics_url = Some(MetricsUrl::Each(BTreeMap::from([(1, url.to_owned())])));
    cluster
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_endpoints_are_bounded_named_and_alone() {
    let mut fakes = vec![FakeCluster::start("good", &["orders"]).await];
    let url = listen(good).await;
    let mut clusters = vec![metered("good", &fakes[0], &url)];
    for (meanness, _) in MEAN {
        let fake = FakeCluster::start(Box::leak(format!("{meanness:?}").into_boxed_str()), &["orders"]).await;
        let url = listen(move |stream| mean(meanness, stream)).await;
        clusters.push(metered(&format!("{meanness:?}"), &fake, &url));
        fakes.push(fake);
    }
    LazyLock::force(&BOMB);
    let mut config = config(clusters);
    config.load.period_seconds = 8.0;
    config.load.timeout_seconds = 6.0;
    let served = Served::start(&config).await;
    for (meanness, said) in MEAN {
        wait_until(&format!("{meanness:?} is named"), SOON, async || {
            let page: BrokerLoads = served.view(&format!("/api/v1/clusters/{meanness:?}/broker-loads")).await;
            let reading = page.meta.reading(Some(&format!("{meanness:?}")), part::BROKERS).unwrap();
            let what = reading.failure.clone().map(|failure| failure.what).unwrap_or_default();
            so(what, |what| said.split('|').any(|said| what.contains(said)) && !what.contains("hidden"))
                .map(drop)
        })
        .await;
    }
    // A machine that stands still for two seconds makes one reading of it fail; the next has to be well.
    wait_until("the good one has a rate and is fresh", SOON, async || {
        let page: BrokerLoads = served.view("/api/v1/clusters/good/broker-loads").await;
        let reading = page.meta.reading(Some("good"), part::BROKERS).unwrap();
        let is_well = (&reading.failure, reading.freshness(page.meta.now)) == (&None, Freshness::Fresh);
        so(page, |page| {
            let good = &page.broker_loads[0];
            is_well && good.failure.is_none() && good.values.contains_key(&Metric::BytesIn)
        })
        .map(drop)
    })
    .await;
    let memory = memory_stats::memory_stats().unwrap().physical_mem;
    println!("{} MiB beside {} hostile endpoints", memory >> 20, MEAN.len());
    assert!(memory < MOST_MEMORY, "{} MiB", memory >> 20);
    let metrics = served.get("/metrics").await.well().text();
    for name in
        ["riverkeeper_scrapes_total", "riverkeeper_scrape_failures_total", "riverkeeper_abnormal_brokers"]
    {
        assert!(metrics.contains(&format!("{name}{{cluster=\"good\"}}")), "{name}: {metrics}");
    }
    served.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_past_is_asked_for_within_bounds() {
    let fake = FakeCluster::start("good", &["orders"]).await;
    let url = listen(good).await;
    let mut config = config([metered("good", &fake, &url), cluster("plain", &fake.address.to_string())]);
    config.load.period_seconds = 1.0;
    let served = Served::start(&config).await;
    let load = "/api/v1/clusters/good/load?metric=bytes_in";
    let page: Load = wait_until("there is a point", SOON, async || {
        let page: Load = served.get(&format!("{load}&step=2")).await.json_or_missing()?;
        so(page, |page| page.load.iter().any(|series| series.points.iter().any(|point| point.1.is_some())))
    })
    .await;
    let [series] = page.load.as_slice() else { panic!("{page:?}") };
    assert_eq!((series.broker_id, series.metric, page.step_seconds), (Some(1), Metric::BytesIn, 2));
    assert!(page.kept_since.is_some() && series.points.len() <= 1_801);
    let usual: Load = served.view(load).await;
    assert_eq!((usual.step_seconds, usual.load[0].points.len() <= 241), (20, true));
    let whole: Load = served.view(&format!("{load}&broker=cluster")).await;
    assert_eq!(whole.load[0].broker_id, None);
    let one: Load =
        served.view(&format!("{load}&broker=1&from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z")).await;
    assert!(one.load[0].points.iter().all(|point| point.1.is_none()), "what is not kept is not known");
    served.get(&format!("{load}&broker=7")).await.problem(404);
    for wrong in [
        "metric=weight",
        "step=60",
        "metric=bytes_in&step=0",
        "metric=bytes_in&step=86401",
        "metric=bytes_in&step=1&from=2026-01-01T00:00:00Z",
        "metric=bytes_in&broker=all",
        "metric=bytes_in&from=yesterday",
    ] {
        served.get(&format!("/api/v1/clusters/good/load?{wrong}")).await.problem(400);
    }
    let fleet: Load = served.view("/api/v1/load?metric=cpu").await;
    assert!(fleet.load.iter().all(|series| series.cluster == "good"), "the other has no metrics configured");
    let plain: BrokerLoads = served.view("/api/v1/clusters/plain/broker-loads").await;
    assert!(plain.broker_loads.is_empty() && plain.meta.readings.is_empty());
    served.end().await;
}
