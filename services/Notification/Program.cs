using Notification;
using ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("notification");
builder.AddNotification();

var app = builder.Build();
app.MapServiceDefaults();
app.MapNotification();
return await app.RunVerbOrServeAsync(args);
