"""Settings come from the environment alone; with none set, the site runs on embedded defaults. Nothing is written."""

import django_stubs_ext
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from predictor.ml import backbones, kinds
from tag4pic_site import environment as env
from tag4pic_site import home, redis_server
from tag4pic_site.admin_theme import UNFOLD as UNFOLD

django_stubs_ext.monkeypatch()  # lets admin classes name the model that they are for
BASE_DIR = home.BASE_DIR
HOME = home.path()

# --- who may reach the site
SECRET_KEY = env.text("TAG4PIC_SECRET_KEY") or home.read_key("secret_key")
DEBUG = env.switch("TAG4PIC_DEBUG")
ALLOWED_HOSTS = env.words("TAG4PIC_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
ADDRESS = env.text("TAG4PIC_ADDRESS", "127.0.0.1")  # that the web server listens on
PORT = env.number("TAG4PIC_PORT", 8000, least=1, most=65535)  # the next free one is taken where this one is not
HTTPS = env.switch("TAG4PIC_HTTPS")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if host != "*"] if HTTPS else []
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]  # monitors ask without the proxy
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_AGE = 365 * 24 * 3600
METRICS_TOKEN = env.text("TAG4PIC_METRICS_TOKEN")  # with which other machines may read /metrics
TRUSTED_PROXIES = env.number("TAG4PIC_TRUSTED_PROXIES", 0)  # reverse proxies in front, each adding to X-Forwarded-For
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "blob:", "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- the parts of the site
INSTALLED_APPS = [
    "whitenoise.runserver_nostatic",
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.import_export",
    "import_export",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_rq",
    "axes",
    "corpus",
    "predictor",
]
MIDDLEWARE = [
    "predictor.problems.ProblemMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "tag4pic_site.compression.TextCompressionMiddleware",
    "tag4pic_site.content_policy.ContentPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "predictor.limits.BodySizeMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "predictor.limits.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
    "tag4pic_site.methods.MethodPageMiddleware",
]
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "predictor.limits.client_of"
AXES_LOCKOUT_TEMPLATE = "account/locked.html"
ROOT_URLCONF = "tag4pic_site.urls"
WSGI_APPLICATION = "tag4pic_site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# --- the admin (its look is in admin_theme.py)
LOGIN_REDIRECT_URL = "admin:index"
IMPORT_EXPORT_USE_TRANSACTIONS = True
IMPORT_EXPORT_IMPORT_PERMISSION_CODE = "add"
IMPORT_EXPORT_EXPORT_PERMISSION_CODE = "view"

# --- where things are kept
DATABASES = {"default": env.database("DATABASE_URL", HOME / "tag4pic.sqlite3")}
DATABASES["default"]["CONN_MAX_AGE"] = 600
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA journal_size_limit=67108864;",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MEDIA_ROOT = HOME / "media"
VERSIONS_ROOT = HOME / "versions"
BACKBONES_ROOT = HOME / "backbones"
STATIC_URL = "static/"
STATIC_ROOT = HOME / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
REDIS_URL = env.address("REDIS_URL", redis_server.embedded_url(), ("redis", "rediss", "unix"))
RQ_QUEUES = {
    name: {
        "URL": REDIS_URL,
        "DEFAULT_TIMEOUT": timeout,
        "SERIALIZER": "rq.serializers.JSONSerializer",
        "REDIS_CLIENT_KWARGS": {"socket_connect_timeout": 0.5, "socket_timeout": 5},
    }
    for name, timeout in (("predict", 60), ("train", 6 * 3600), ("scrape", 24 * 3600))
}
RQ = {"COMMIT_MODE": "auto"}  # queue.py enqueues after the commit itself, and survives a Redis that is down

# --- the models
KIND_BACKBONES = {
    kind.id: env.choice(f"TAG4PIC_{kind.id.upper()}_BACKBONE", kind.backbone, backbones.IDS) for kind in kinds.KINDS
}
WEIGHTS_DIR = env.text("TAG4PIC_WEIGHTS") or None  # a folder with torchvision's own weights
INFERENCE_THREADS = env.number("TAG4PIC_INFERENCE_THREADS", 1, least=1, most=64)
# other photo posts from which on starter posts are not trained on
STARTER_UNTIL = env.number("TAG4PIC_STARTER_UNTIL", 1000)
VERSIONS_KEPT = env.number("TAG4PIC_VERSIONS_KEPT", 5, least=1)

# --- when the models learn on
LEARN_AFTER = env.number("TAG4PIC_LEARN_AFTER", 10, least=1)  # decided contributions that start a run at once
LEARN_WAIT = env.number("TAG4PIC_LEARN_WAIT", 30)  # seconds in which a contribution waits for more of them
LEARN_PAUSE = env.number("TAG4PIC_LEARN_PAUSE", 60)  # seconds from the end of a run to one that contributions start
LEARN_DAILY = env.schedule("TAG4PIC_LEARN_DAILY", "0 3 * * *")  # incremental
LEARN_WEEKLY = env.schedule("TAG4PIC_LEARN_WEEKLY", "0 4 * * 0")  # full

# --- the Telegram bot: off without a token
TELEGRAM_TOKEN = env.text("TAG4PIC_TELEGRAM_TOKEN")
TELEGRAM_API = env.address("TAG4PIC_TELEGRAM_API", "https://api.telegram.org", ("https", "http")).rstrip("/")
TELEGRAM_SECRET = env.text("TAG4PIC_TELEGRAM_SECRET")  # that a webhook is sent with; else one made of the secret key

# --- limits
UPLOADS_PER_MINUTE = env.number("TAG4PIC_UPLOADS_PER_MINUTE", 30)  # for each address; 0 = no limit
UPLOAD_DAYS = env.number("TAG4PIC_UPLOAD_DAYS", 7)  # how long an anonymous upload is kept
WAITING_LIMIT = env.number("TAG4PIC_WAITING_LIMIT", 5000)  # waiting uploads above which new ones get 503
MIN_FREE_MB = env.number("TAG4PIC_MIN_FREE_MB", 200)  # free disk space below which uploads get 507
MAX_UPLOAD_BYTES = 20 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000  # a page of ticked rows, and all rights of a group, are sent at once
DATA_UPLOAD_MAX_NUMBER_FILES = 1
FILE_UPLOAD_HANDLERS = ["predictor.limits.PhotoUploadHandler"]
FILE_UPLOAD_TEMP_DIR = HOME / "media" / "incoming"

# --- language, time and logs
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("ru", _("Russian"))]
LANGUAGE_COOKIE_AGE = SESSION_COOKIE_AGE
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        **{name: {"level": "INFO"} for name in ("tag4pic_site", "predictor", "corpus")},
        "telegram": {"level": "CRITICAL"},  # the bot says itself, in a line, what goes wrong with Telegram
    },
}
