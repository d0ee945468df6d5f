using Broadcast;
using ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("broadcast");
builder.AddBroadcast();

var app = builder.Build();
app.MapServiceDefaults();
app.MapBroadcast();
return await app.RunVerbOrServeAsync(args);
