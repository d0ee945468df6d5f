using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace InboundSms.Tests.Receive.Providers;

/// <summary>A provider whose service writes into a log of the test.</summary>
public sealed class LoggedFixture : ProviderFixture
{
    public ConcurrentQueue<string> Lines { get; } = new();

    protected override void Configure(IServiceCollection services) => services.AddSingleton<ILoggerProvider>(new Collector(Lines));

    private sealed class Collector(ConcurrentQueue<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            lines.Enqueue($"{state}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;
        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue($"{formatter(state, exception)} {exception}");
        public void Dispose()
        {
        }
    }
}

public sealed class SecrecyTests(LoggedFixture fixture) : IClassFixture<LoggedFixture>
{
    [Theory]
    [InlineData(true, 200)]
    [InlineData(false, 401)]
    public async Task SMS_8_a_call_by_GET_leaves_neither_number_nor_words_in_logs_and_traces(bool isGenuine, int status)
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is not "System.Net.Http",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        var fields = new Dictionary<string, string>
        {
            ["messageId"] = $"v-{Guid.NewGuid():n}",
            ["msisdn"] = "6281298765432",
            ["to"] = "6281100000001",
            ["type"] = "text",
            ["text"] = "Rahasia-warga-4711",
            ["timestamp"] = $"{fixture.Clock.GetUtcNow().ToUnixTimeSeconds()}",
        };
        var signature = VonageTests.Sign(fields, "Sha256", isGenuine ? "rahasia-uji" : "salah");
        var query = string.Join('&', fields.Select(field => $"{field.Key}={field.Value}"));
        (await fixture.Client().GetAsync($"/webhooks/sms/vonage-Sha256?{query}&sig={signature}")).StatusCode.ShouldBe((HttpStatusCode)status);

        await Eventually.TrueAsync(() => Task.FromResult(spans.Any(span => span.TagObjects.Any(tag => tag is { Key: "http.route", Value: "/webhooks/sms/{channel}" })
            && span.TagObjects.Any(tag => tag.Key == "http.response.status_code" && Equals(tag.Value, status)))));
        fixture.Lines.ShouldContain(line => line.Contains("channel vonage-Sha256", StringComparison.Ordinal));
        var told = string.Join('\n', fixture.Lines.Concat(spans.SelectMany(span => span.TagObjects.Select(tag => $"{tag.Key}={tag.Value}").Append(span.DisplayName))));
        foreach (var secret in new[] { "6281298765432", "Rahasia-warga", signature })
            told.ShouldNotContain(secret);
    }

    [Fact]
    public async Task SMS_1_six_unproved_calls_in_five_minutes_are_told_by_health_and_lose_nothing()
    {
        async Task<string> HealthAsync() => (await fixture.Client().GetFromJsonAsync<JsonElement>("/health/ready")).GetProperty("checks").GetProperty("unproved-calls").GetRawText();

        fixture.Clock.Advance(TimeSpan.FromMinutes(6));
        (await HealthAsync()).ShouldContain("Healthy");
        for (var n = 1; n <= 6; n++)
        {
            (await HealthAsync()).ShouldContain("Healthy");
            using var request = KannelTests.Request($"unproved-{n}", "DINKES"u8.ToArray(), secret: "kunci-yang-salah");
            (await fixture.Client().SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        }

        (await HealthAsync()).ShouldContain("kannel");
        (await fixture.Client().GetAsync("/health/ready")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await fixture.Database.ScalarAsync<long>("select count(*) from quarantine where channel = 'kannel' and convert_from(body, 'UTF8') like '%DINKES'")).ShouldBe(6);
        (await fixture.Database.ScalarAsync<long>("select count(*) from message where provider_message_id like 'unproved-%'")).ShouldBe(0);
        fixture.Clock.Advance(TimeSpan.FromMinutes(6));
        (await HealthAsync()).ShouldContain("Healthy");
    }
}
