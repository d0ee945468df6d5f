using InboundSms.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Testing;

namespace Performance;

/// <summary>InboundSms in this process, with a bare endpoint before everything else: reads the body, answers 200.</summary>
internal sealed class InboundSmsHost() : ServiceFixture<InboundSmsDb>("inboundsms")
{
    public const string Bare = "/bare";

    // Directly: the wire that tests can cut would be measured too.
    protected override int DatabasePort => Servers.Port("POSTGRES_PORT");

    protected override IEnumerable<KeyValuePair<string, string?>> Settings => new Dictionary<string, string?>(StringComparer.Ordinal)
    {
        ["Channels:kannel:Type"] = "Kannel",
        ["Channels:kannel:User"] = "kannel",
        ["Channels:kannel:Secret"] = "secret",
    };

    protected override void Configure(IServiceCollection services) => services.AddSingleton<IStartupFilter, BareEndpoint>();

    private sealed class BareEndpoint : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Map(Bare, bare => bare.Run(async context =>
            {
                await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
                context.Response.StatusCode = StatusCodes.Status200OK;
            }));
            next(app);
        };
    }
}
