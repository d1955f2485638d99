-- AlterTable
ALTER TABLE "alert" ADD COLUMN     "check_level" TEXT,
ADD COLUMN     "detail" TEXT NOT NULL DEFAULT '';
