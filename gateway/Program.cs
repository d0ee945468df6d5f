using Gateway;
using ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddProcessDefaults("gateway");
builder.AddLimits();
builder.Services.AddHsts(hsts => hsts.MaxAge = TimeSpan.FromDays(365));
builder.Services.AddReverseProxy().LoadFromMemory(Routes.All, Routes.Clusters(builder.Configuration));

var app = builder.Build();
app.UseProcessDefaults();
app.UseHsts();
app.UseBodyLimit();
app.UseRateLimiter();
app.UseDocs();
app.MapReverseProxy();
app.MapGet("/", () => TypedResults.Redirect("/docs")).ExcludeFromDescription();
await app.RunAsync();

/// <summary>Names the gateway's assembly for its tests.</summary>
public sealed partial class Program;
