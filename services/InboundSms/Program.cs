using InboundSms;
using ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("inboundsms");
builder.AddInboundSms();

var app = builder.Build();
app.MapServiceDefaults();
app.MapInboundSms();
return await app.RunVerbOrServeAsync(args);
