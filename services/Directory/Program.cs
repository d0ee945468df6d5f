using Directory;
using ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("directory");
builder.AddDirectory();

var app = builder.Build();
app.MapServiceDefaults();
app.MapDirectory();
return await app.RunVerbOrServeAsync(args);
